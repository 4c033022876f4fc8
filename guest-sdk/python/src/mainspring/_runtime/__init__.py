"""What drives a workflow inside of its module: it takes what the host says and asks the host for what the workflow wants.

It knows the contract (`wit/`), and not how the host works.
"""
