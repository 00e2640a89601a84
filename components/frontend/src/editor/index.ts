import "../shared/theme.css";
import "./css/editor.css";
import "./css/rail.css";
import "./css/tower.css";
import "./css/form.css";
import { component } from "../shared/mount";
import { createEditor } from "./editor";

export default component(createEditor);
