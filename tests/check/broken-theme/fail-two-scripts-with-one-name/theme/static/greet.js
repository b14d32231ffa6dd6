// Greets.

function openMenus() {}
