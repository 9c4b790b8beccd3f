"""Whether the files that run are the files that were released. Source: security note, 4.2; peers note, M3."""
