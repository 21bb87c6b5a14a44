// Rules of the IBM engine that are left out here, each with its reason, and what looks at the same thing instead. Where
// only one thing is meant, `where` is what stands in the element that the engine names.
export const leftOut = [
  // Questions that it asks a person, of every page alike; a check of ours answers each.
  { rule: 'style_color_misuse', reason: 'asked of every style sheet; in_page/modes.js looks for what is said by colour alone' },
  { rule: 'style_highcontrast_visible', reason: 'asked of every style sheet; in_page/modes.js looks in forced colours' },
  { rule: 'style_viewport_resizable', reason: 'asked of every style sheet; in_page/room.js looks with text twice as large' },
  { rule: 'style_focus_visible', reason: 'asked of whatever has a border; in_page/focus.js measures every focus' },
  { rule: 'element_tabbable_visible', reason: 'asked of the skip link; in_page/focus.js puts the focus on everything' },
  { rule: 'element_tabbable_unobscured', reason: 'asked of what lies below the window; in_page/focus.js asks what lies over the focus' },
  { rule: 'text_block_heading', reason: 'asked of every short line; axe\'s p-as-heading looks at how it is set' },
  { rule: 'text_sensory_misuse', reason: 'asked of each “right”, “below”, “top” and “small”; read by hand in November 2026: they say what comes first or later, and none points at a side, a size or a shape' },
  { rule: 'input_fields_grouped', reason: 'asked of every page with more than one field; fields of one question are in a fieldset' },
  { rule: 'select_options_grouped', reason: 'asked of every long list; councils are in the order of the alphabet' },
  { rule: 'list_structure_proper', reason: 'asked of lists of one group; axe, html-validate and the Nu checker know what a list may hold' },
  { rule: 'text_quoted_correctly', reason: 'asked of whatever stands in quotation marks; ours hold the names of buttons' },
  { rule: 'caption_track_exists', where: '<video', reason: 'what people send has no captions when it comes; wcag22.md says so at 1.2.2' },
  { rule: 'media_keyboard_controllable', reason: 'asked of every player; ours have the browser\'s own buttons, or only show what the camera sees' },
  { rule: 'input_checkboxes_grouped', where: 'type="checkbox"', reason: 'asked of every two checkboxes of a form; ours are yes or no to different things' },
  // What it says of these is not so.
  { rule: 'aria_content_in_landmark', where: 'class="skip"', reason: 'the link that skips the header stands before it' },
  { rule: 'aria_form_label_unique', reason: 'a form without a name is no landmark (HTML-AAM 1.0, "form")' },
  { rule: 'aria_landmark_name_unique', where: '<form', reason: 'a form without a name is no landmark (HTML-AAM 1.0, "form")' },
  { rule: 'element_attribute_deprecated', where: '<li value=', reason: 'HTML has `value` on the items of an `ol`' },
  { rule: 'input_label_visible', where: '<textarea', reason: 'it takes the line break that HTML asks for as what was typed; axe sees the label' },
  { rule: 'input_checkboxes_grouped', where: 'name="area"', reason: 'one choice of a council, folded by region; each region names its group' },
];
