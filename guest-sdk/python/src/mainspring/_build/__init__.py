"""What happens while a module is built: the author's code is imported in the place where it will run, and what stands in
memory then is the module.
"""
