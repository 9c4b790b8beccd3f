"""Permission names of the rule set app."""

from kernel.permissions import REGION_ROLES, declare

# Everybody who is paid by the rules may read them.
READ = declare("rules.read", "Membaca aturan TPP", roles=REGION_ROLES)
EDIT = declare("rules.edit", "Memasukkan naskah aturan TPP", roles=("bkpsdm",), region_wide=True)
SIGN = declare("rules.sign", "Menandatangani aturan TPP", roles=("bkpsdm", "bpkad", "inspektorat"), region_wide=True)
PUBLISH = declare("rules.publish", "Menerbitkan aturan TPP", roles=("bkpsdm",), region_wide=True)
CONFIRM = declare("rules.confirm_table", "Mengonfirmasi tabel nasional", roles=("bpkad",), region_wide=True)
