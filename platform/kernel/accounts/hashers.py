"""Password hashing, tuned so that a log-in wave fits on two cores (performance note 1.2; security note 5.1)."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class TunedArgon2Hasher(Argon2PasswordHasher):
    """argon2id with t=2, m=19 MiB, p=1: OWASP's and ASVS's approved minimum; 108 to 123 hashes a second here."""

    time_cost = 2
    memory_cost = 19456
    parallelism = 1
