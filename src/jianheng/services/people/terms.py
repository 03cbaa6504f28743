"""Words of people and bodies: kinds of organisation, roles, and who is acting."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import models

SYSTEM_HOLDER = "system"
REGULATORS = "regulator"  # whoever oversees a region, named as such


class OrganisationKind(models.TextChoices):
    """What kind of body it is."""

    COURT = "COURT", "人民法院"
    INSTITUTION = "INSTITUTION", "司法鉴定机构"
    REGULATOR = "REGULATOR", "司法行政机关"
    ASSOCIATION = "ASSOCIATION", "司法鉴定协会"
    PLATFORM = "PLATFORM", "平台运行单位"


class Role(models.TextChoices):
    """What a post entitles to. A person may hold several posts, in one organisation or in several."""

    JUDGE = "judge", "承办法官"
    TECH = "tech", "司法技术人员"
    LEADER = "leader", "院庭长"
    INTAKE = "intake", "受理人员"
    HEAD = "head", "机构负责人"
    APPRAISER = "appraiser", "鉴定人"
    REVIEWER = "reviewer", "复核人"
    FINANCE = "finance", "财务人员"
    ARCHIVIST = "archivist", "档案管理员"
    SUPERVISOR = "supervisor", "监管人员"
    OPERATOR = "operator", "平台运行人员"
    INTEGRATOR = "integrator", "接口管理人员"
    PARTY = "party", "当事人"


ROLES_OF_KIND: dict[str, tuple[Role, ...]] = {
    OrganisationKind.COURT: (Role.JUDGE, Role.TECH, Role.LEADER, Role.INTEGRATOR),
    OrganisationKind.INSTITUTION: (
        Role.INTAKE,
        Role.HEAD,
        Role.APPRAISER,
        Role.REVIEWER,
        Role.FINANCE,
        Role.ARCHIVIST,
        Role.INTEGRATOR,
    ),
    OrganisationKind.REGULATOR: (Role.SUPERVISOR, Role.INTEGRATOR),
    OrganisationKind.ASSOCIATION: (Role.SUPERVISOR, Role.INTEGRATOR),
    OrganisationKind.PLATFORM: (Role.OPERATOR,),
}


# Posts for one thing only: who holds no other in a body sees files and papers of a case once something was owed by the post.
SEE_WHEN_OWING = frozenset({Role.ARCHIVIST, Role.FINANCE, Role.INTEGRATOR})


class Side(models.TextChoices):
    """The sides of a civil case that take part in an entrustment."""

    APPLICANT = "applicant", "申请人一方"
    RESPONDENT = "respondent", "对方当事人"


class Attempt(models.TextChoices):
    """What was tried at a party's door."""

    ASKED = "ASKED", "获取验证码"
    FAILED = "FAILED", "验证码不正确"
    SENT = "SENT", "已发送验证码"


def post_holder(organisation_id: int, role: str) -> str:
    """The holder key of everyone who has this role in this organisation."""
    return f"{organisation_id}:{role}"


def side_holder(root_id: int, side: str) -> str:
    """The holder key of one side of the case a family of matters belongs to."""
    return f"side:{root_id}:{side}"


def person_key(person_id: int) -> str:
    """The key of a person, whatever posts are held."""
    return f"person:{person_id}"


@dataclass(frozen=True, slots=True)
class PostRef:
    """One post of the person acting: organisation, its kind and region, role."""

    organisation_id: int
    organisation: str
    kind: str
    region: str
    role: str

    @property
    def holder(self) -> str:
        """The holder key of this post."""
        return post_holder(self.organisation_id, self.role)


@dataclass(frozen=True, slots=True)
class Actor:
    """Who is acting: a person with the posts held today, a party with a pass, or the platform itself.

    ``organisations_below`` are the organisations a leader supervises; they may be seen, not acted for. ``limited`` names
    the acts a token is for ("entrustment", "entrustment.screen"); ``None`` is every act of the posts.
    """

    name: str
    person_id: int | None = None
    posts: tuple[PostRef, ...] = ()
    sides: tuple[tuple[int, str], ...] = ()
    organisations_below: tuple[int, ...] = ()
    regions: tuple[str, ...] = ()  # regions a regulator oversees, as code prefixes
    system: bool = False
    limited: tuple[str, ...] | None = None

    def is_for(self, procedure: str, act: str) -> bool:
        """Whether what came in here may be used for an act, whatever the posts may."""
        return self.limited is None or procedure in self.limited or f"{procedure}.{act}" in self.limited

    @property
    def holders(self) -> frozenset[str]:
        """Every holder key this actor may act under."""
        keys = {post.holder for post in self.posts} | {side_holder(*side) for side in self.sides}
        return frozenset(keys | {SYSTEM_HOLDER}) if self.system else frozenset(keys)

    @property
    def organisation_ids(self) -> tuple[int, ...]:
        """The organisations this person has a post in."""
        return tuple(dict.fromkeys(post.organisation_id for post in self.posts))

    @property
    def scope(self) -> str:
        """Whose uploads and idempotency keys these are: a person's, a party's, the platform's."""
        if self.person_id is not None:
            return person_key(self.person_id)
        return side_holder(*self.sides[0]) if self.sides else SYSTEM_HOLDER

    @property
    def keys(self) -> frozenset[str]:
        """What may be named where a case or paper is sealed: the person, the posts and sides, regulators as such."""
        own = {person_key(self.person_id)} if self.person_id is not None else set()
        return self.holders | own | ({REGULATORS} if self.regions else set())

    def post_for(self, holder: str) -> PostRef | None:
        """The post behind a holder key, if it is one of ours."""
        return next((post for post in self.posts if post.holder == holder), None)


PLATFORM = Actor(name="平台", system=True)
