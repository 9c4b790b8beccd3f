"""Who logs in: users, roles as data, sessions bound to their region. In both kinds of schema."""
