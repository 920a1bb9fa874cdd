import pytest

# So that an assert that fails there shows what it compared.
pytest.register_assert_rewrite("tests.property.checks", "tests.property.machine")
