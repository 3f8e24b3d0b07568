"""What `mlopt-opt` does, after its command line is read.

`client` runs in the user's process and knows no compiler; `run` is a job of a worker
process, with `reading`, `executing` and `passes` beneath it. Requests and results are
values in between. The rest is text: pipelines, documents, diagnostics, expectations.
"""
