"""What both sides use: tenancy, accounts, permissions, audit, files, jobs, web. Imports nothing of ours."""
