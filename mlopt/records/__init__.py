"""What was learnt, kept: tuning records in a database that many processes share.

A record is appended and never changed. What is read back is validated as untrusted
input. Must not import jax, iree or another stage.
"""

from mlopt.records.database import Database
from mlopt.records.selection import RecordFilter, Summary

__all__ = ["Database", "RecordFilter", "Summary"]
