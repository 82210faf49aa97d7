"""From the bytes of a file, packed or not, of any format and dialect, to a table with our columns."""
