"""Pure decisions of the register: reading scopes and rows, judging licences, writing names."""
