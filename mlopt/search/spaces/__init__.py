"""One module a kind of schedule: its knobs, requirements and expert traces."""
