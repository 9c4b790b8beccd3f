"""The region's own view of its security: incidents with what is asked, measures, operators' visits, events."""
