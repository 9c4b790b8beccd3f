"""Official papers: what one consists of, its PDF by Typst, its QR and its code. Whose papers they are, others say."""
