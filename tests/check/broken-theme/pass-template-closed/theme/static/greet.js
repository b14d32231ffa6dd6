// Greets.

function greet() {}
