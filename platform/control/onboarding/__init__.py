"""From a name to a live region: schema, defaults, first administrator."""
