"""What is looked at before a month is paid: checks, hits, and the reasons for which a hit is let through."""
