/** What components tell each other in the browser besides pointed.ts: that an edit is on its way, which a run must not overtake. */

/** An event of the window, right after an edit was handed to Streamlit. */
export const EDIT_SENT = "highrise-edit-sent";
