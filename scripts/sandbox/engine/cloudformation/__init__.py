"""CloudFormation: moto's API with AWS's strictness, rollback and the resource types that moto lacks."""

from scripts.sandbox.engine.cloudformation.stacks import install

__all__ = ["install"]
