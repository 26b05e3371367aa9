//! A person who has only a keyboard: where Tab leads, and what is typed there.

use thirtyfour::{Key, TypingData};

use crate::browser::Browser;
use crate::or_fail::OrFail as _;

/// More stops than any page has.
const STOPS: usize = 100;

/// What has the keyboard: its field name, its words, and whether a person can see that it has it.
const FOCUSED: &str = r"
    const focused = document.activeElement;
    if (!focused || focused === document.body) return ['', '', false];
    const style = getComputedStyle(focused);
    const box = focused.getBoundingClientRect();
    const ringed = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0;
    const shown = (ringed || style.boxShadow !== 'none') && box.width > 0
        && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
    const words = (focused.innerText || focused.value || '').trim().replace(/\s+/g, ' ');
    return [focused.getAttribute('name') || '', words, shown];";

impl Browser {
    /// Presses Tab until the field of that name, or the button or link with those words, has the keyboard.
    ///
    /// Fails the test if Tab never gets there (with the stops on the way), or if any stop on the way does not show
    /// within the window, by an outline or a shadow, that it has the keyboard.
    pub async fn tab_to(&self, target: &str) {
        let mut stops = Vec::new();
        while stops.len() < STOPS {
            self.type_keys(Key::Tab).await;
            let found = self.script(FOCUSED, vec![]).await;
            let (name, words, shown): (String, String, bool) =
                serde_json::from_value(found).or_fail("reading what has the keyboard");
            let nowhere = name.is_empty() && words.is_empty();
            if !shown && !nowhere {
                self.lost(format_args!("«{name}{words}» has the keyboard and does not show it")).await;
            }
            if name == target || words == target {
                return;
            }
            stops.push(if name.is_empty() { words } else { name });
        }
        self.lost(format_args!("Tab does not lead to «{target}», but to {stops:?}")).await;
    }

    /// Types at whatever has the keyboard; keys that are no letters are written as [`Key`]s.
    pub async fn type_keys(&self, keys: impl Into<TypingData>) {
        self.driver().action_chain().send_keys(keys).perform().await.or_fail("typing");
    }

    /// Presses Enter on a field, button or link, and waits for the page that comes.
    pub async fn enter(&self) {
        let before = self.page().await.or_fail("looking at the page");
        self.type_keys(Key::Enter).await;
        self.wait_for_page_after(&before).await;
    }
}
