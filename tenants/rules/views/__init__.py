"""Pages of the rule sets: the versions and their life, and the editor of a draft."""
