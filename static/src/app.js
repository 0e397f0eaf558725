// What the pages do beyond plain HTML; each part works alone, and every page without any.
import { startAges } from "./js/ages.js";
import { startCharts } from "./js/charts.js";
import { startDrafts } from "./js/drafts.js";
import { startForms } from "./js/forms.js";
import { startKeys } from "./js/keys.js";
import { startLive } from "./js/live.js";
import { startMenus } from "./js/menus.js";
import { startNotes } from "./js/notes.js";
import { startOpening } from "./js/opening.js";
import { startPrinting } from "./js/printing.js";
import { startTasks } from "./js/tasks.js";

startAges();
startCharts();
startLive();
startOpening();
startKeys();
startForms();
startTasks();
startDrafts();
startNotes();
startMenus();
startPrinting();
