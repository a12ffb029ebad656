"""CX Workflow: the system of record for customer experience strategies under a Department's policy.

`cxworkflow.app.create_app(settings)` assembles it.
"""
