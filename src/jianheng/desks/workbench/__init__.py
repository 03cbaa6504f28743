"""The desk of courts and institutions: work list, matters, acts. What a person sees follows from posts."""
