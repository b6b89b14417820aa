"""The International Traffic in Arms Regulations, as far as an export answer must know that they govern."""
