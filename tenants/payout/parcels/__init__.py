"""An OPD's month on its way to the bank: which steps are done, who has it now and since when."""
