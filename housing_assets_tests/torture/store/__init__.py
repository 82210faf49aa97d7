"""The store, the registry and the inbox, whatever happens to disks, buckets and rivals."""
