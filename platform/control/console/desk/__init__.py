"""The incident desk's pages: queue, incident, legal clocks and task templates."""
