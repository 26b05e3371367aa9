//! A flame graph as a picture that needs no script: what stands still can be shown anywhere.

use anyhow::Context as _;
use inferno::flamegraph::{Options, from_lines};

use super::stacks::Stacks;

/// What is narrower than this, in per cent, is left out: nobody could read it.
const NARROWEST: f64 = 0.3;

/// Width of the picture.
const PIXELS: usize = 1_600;

/// Draws stacks under a title.
pub(super) fn draw(title: &str, stacks: &Stacks) -> anyhow::Result<String> {
    let mut options = Options::default();
    title.clone_into(&mut options.title);
    "looks".clone_into(&mut options.count_name);
    options.min_width = NARROWEST;
    options.image_width = Some(PIXELS);
    options.no_javascript = true;
    // The same name has the same colour in all pictures.
    options.hash = true;
    let (lines, mut picture) = (stacks.lines(), Vec::new());
    from_lines(&mut options, lines.iter().map(String::as_str), &mut picture)?;
    still(&String::from_utf8(picture)?).context("this is no picture as inferno draws it")
}

/// The picture without what only a script could move.
fn still(picture: &str) -> Option<String> {
    let mut still = picture.to_owned();
    for (begin, end) in [
        ("<script", "</script>"),
        ("<text id=\"details\"", "</text>"),
        ("<text id=\"unzoom\"", "</text>"),
        ("<text id=\"search\"", "</text>"),
        ("<text id=\"matched\"", "</text>"),
    ] {
        let from = still.find(begin)?;
        let to = from + still[from..].find(end)? + end.len();
        still.replace_range(from..to, "");
    }
    Some(still.replace(" onload=\"init(evt)\"", ""))
}

#[cfg(test)]
mod tests {
    use super::draw;
    use crate::bench::flame::stacks::Stacks;

    #[test]
    fn a_picture_has_its_title_and_names_and_no_script() {
        let told = "worker 7/8 1.000001: cpu-clock: \n\t  a1 sqlite3_step (/tmp/zaguan)\n\n";
        let picture = draw("Session check", &Stacks::fold(told.as_bytes()).unwrap()).unwrap();
        assert!(picture.contains("Session check") && picture.contains("sqlite3_step"), "{picture}");
        for moved in ["script", "onload", "onclick", "Search", "Zoom", "/tmp"] {
            assert!(!picture.contains(moved), "{moved} in {picture}");
        }
    }
}
