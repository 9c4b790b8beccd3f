"""The inspectorate: samples, person-months, findings and the corrections they propose."""
