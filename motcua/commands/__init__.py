"""The commands of `motcua`, one module a group. The work is done in the rooms; here is only talking to a person."""
