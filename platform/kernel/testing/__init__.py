"""The cast, small factories, query counts and the golden loader: what every test builds on."""
