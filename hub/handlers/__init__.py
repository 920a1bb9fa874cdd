"""One Lambda function each: parse, call one use case, answer."""
