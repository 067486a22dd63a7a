from setuptools import setup

setup(name="report", version="1.0", packages=["report"], entry_points={"console_scripts": ["report=report:main"]})
