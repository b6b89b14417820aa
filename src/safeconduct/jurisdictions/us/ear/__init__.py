"""Export Administration Regulations, 15 CFR 730-774: one module per part, one function per provision."""
