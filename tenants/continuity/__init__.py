"""What an OPD goes on with when the platform is away: day lists, a sheet to fill in, and the way back in."""
