"""How rows are written and asked for at speed: COPY, partitions, batches, versions."""
