// Sends the one form of a page that only carries something on. The button stays
// for whoever comes back to the page.
"use strict";

document.querySelector("form[data-submit]").submit();
