"""Payment lists: who is paid what to which account, the files for bank and finance system, the bank's answer."""
