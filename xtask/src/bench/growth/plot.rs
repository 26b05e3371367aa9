//! The plot: each cost as a multiple of what it is at the smallest size, over the size, as a picture without a program.

use std::fmt::Write as _;

use super::super::report::short;

/// One cost at every size.
#[derive(Clone, Debug)]
pub(super) struct Line {
    /// What it is.
    pub(super) name: String,
    /// What it is counted in.
    pub(super) unit: &'static str,
    /// Its medians, in the order of the sizes.
    pub(super) medians: Vec<f64>,
}

/// The place of the plot in the picture.
const LEFT: f64 = 60.0;
const TOP: f64 = 30.0;
const WIDTH: f64 = 420.0;
const HEIGHT: f64 = 240.0;

/// Told apart by people who do not see colours alike (Okabe and Ito, 2008).
const COLOURS: [&str; 5] = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9"];

/// The picture.
pub(super) fn svg(sizes: &[u32], lines: &[Line]) -> String {
    let highest = lines.iter().flat_map(multiples).fold(2.0, f64::max).ceil();
    let mut picture = String::from(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 860 330\" font-family=\"sans-serif\" font-size=\"13\">\n\
         <title>What the same questions cost as the portal grows</title>\n\
         <rect width=\"860\" height=\"330\" fill=\"#ffffff\"/>\n",
    );
    for step in 0..=4 {
        let value = highest * f64::from(step) / 4.0;
        let y = y_of(value, highest);
        // Writing to a string cannot fail.
        let _ = writeln!(
            picture,
            "<line x1=\"{LEFT}\" x2=\"{}\" y1=\"{y:.1}\" y2=\"{y:.1}\" stroke=\"#dddddd\"/>\
             <text x=\"{}\" y=\"{:.1}\" text-anchor=\"end\">{} ×</text>",
            LEFT + WIDTH,
            LEFT - 8.0,
            y + 4.0,
            short(value)
        );
    }
    for (place, size) in sizes.iter().enumerate() {
        let _ = writeln!(
            picture,
            "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>",
            x_of(place, sizes),
            TOP + HEIGHT + 20.0,
            short(f64::from(*size))
        );
    }
    for (number, line) in lines.iter().enumerate() {
        draw(&mut picture, sizes, (number, line), highest);
    }
    let _ = writeln!(
        picture,
        "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">people</text>\n</svg>",
        LEFT + WIDTH / 2.0,
        TOP + HEIGHT + 42.0
    );
    picture
}

fn multiples(line: &Line) -> Vec<f64> {
    let smallest = line.medians.first().copied().unwrap_or(1.0);
    line.medians.iter().map(|median| median / smallest).collect()
}

/// A line, its points, and its words beside the plot.
fn draw(picture: &mut String, sizes: &[u32], (number, line): (usize, &Line), highest: f64) {
    let colour = COLOURS[number % COLOURS.len()];
    let points: Vec<(f64, f64)> = multiples(line)
        .iter()
        .enumerate()
        .map(|(place, multiple)| (x_of(place, sizes), y_of(*multiple, highest)))
        .collect();
    let path: Vec<String> = points.iter().map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
    // Writing to a string cannot fail.
    let _ = writeln!(
        picture,
        "<polyline points=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/>",
        path.join(" ")
    );
    for (x, y) in points {
        let _ = writeln!(picture, "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"4\" fill=\"{colour}\"/>");
    }
    let medians: Vec<String> = line.medians.iter().map(|median| short(*median)).collect();
    let row = u32::try_from(number).unwrap_or_default();
    let y = TOP + 20.0 + 40.0 * f64::from(row);
    let x = LEFT + WIDTH + 30.0;
    let _ = writeln!(
        picture,
        "<rect x=\"{x}\" y=\"{:.1}\" width=\"12\" height=\"12\" fill=\"{colour}\"/>\
         <text x=\"{}\" y=\"{y:.1}\">{}</text><text x=\"{}\" y=\"{:.1}\" fill=\"#555555\">{} {}</text>",
        y - 11.0,
        x + 20.0,
        line.name,
        x + 20.0,
        y + 16.0,
        medians.join(" → "),
        line.unit
    );
}

/// Sizes stand as far apart as their logarithms.
fn x_of(place: usize, sizes: &[u32]) -> f64 {
    let log = |size: Option<&u32>| size.map_or(0.0, |size| f64::from(*size).ln());
    let (first, last) = (log(sizes.first()), log(sizes.last()));
    let share = if last > first { (log(sizes.get(place)) - first) / (last - first) } else { 0.5 };
    LEFT + 30.0 + (WIDTH - 60.0) * share
}

fn y_of(multiple: f64, highest: f64) -> f64 {
    TOP + HEIGHT * (1.0 - multiple / highest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cost_that_doubles_ends_twice_as_high() {
        let line = Line { name: "session check".to_owned(), unit: "µs", medians: vec![3.0, 6.0] };
        let picture = svg(&[10_000, 1_000_000], &[line]);
        // From half of the highest multiple, which is two, to the top.
        assert!(picture.contains("points=\"90.0,150.0 450.0,30.0\""), "{picture}");
        assert!(picture.contains("3 → 6 µs") && picture.contains("1,000,000"));
    }

    #[test]
    fn one_size_alone_is_drawn_in_the_middle() {
        let line = Line { name: "memory".to_owned(), unit: "MiB", medians: vec![18.0] };
        assert!(svg(&[10_000], &[line]).contains("cx=\"270.0\" cy=\"150.0\""));
    }
}
