"""Our thin database backend over django-tenants (decision D1)."""
