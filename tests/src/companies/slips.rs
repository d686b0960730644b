//! What goes wrong when a name is written down a second time.

use crate::dice::Dice;

/// A name with one slip of the pen in one of its longer words: a letter too many, too few, another, or two changed
/// about.
pub fn slip(dice: &mut Dice, name: &str) -> String {
    let mut words: Vec<String> = name.split(' ').map(str::to_owned).collect();
    let long: Vec<usize> = (0..words.len())
        .filter(|place| words[*place].chars().count() >= 5)
        .collect();
    if long.is_empty() {
        return name.to_owned();
    }
    let word = &mut words[dice.one(&long)];
    let mut letters: Vec<char> = word.chars().collect();
    // The first letter is seldom wrong.
    let place = 1 + dice.of(letters.len() - 2);
    match dice.of(4) {
        0 => {
            letters.remove(place);
        }
        1 => letters.insert(place, letters[place]),
        2 => letters[place] = dice.one(&['a', 'e', 'i', 'o', 'n', 'r', 's', 't']),
        _ => letters.swap(place, place + 1),
    }
    *word = letters.into_iter().collect();
    words.join(" ")
}

/// A name as somebody in a hurry writes it: other legal form or none, abbreviations, other marks.
pub fn abbreviated(dice: &mut Dice, name: &str) -> String {
    let mut short = name.to_owned();
    for (full, brief) in [
        ("Gebr.", "Gebroeders"),
        ("Transport", "Transp."),
        ("International", "Int."),
        ("Nederland", "Ned."),
        ("Stichting", "Stg."),
        ("van den", "v.d."),
        ("van der", "v/d"),
        (" & ", " en "),
    ] {
        if dice.chance(70) {
            short = short.replace(full, brief);
        }
    }
    for form in [" B.V.", " BV", " V.O.F.", " N.V."] {
        if let Some(bare) = short.strip_suffix(form) {
            short = match dice.of(3) {
                0 => bare.to_owned(),
                1 => format!("{bare} {}", form.trim().replace('.', "").to_lowercase()),
                _ => format!("{bare} {}", form.trim().replace('.', ". ").trim()),
            };
            break;
        }
    }
    match dice.of(3) {
        0 => short.to_uppercase(),
        1 => short.to_lowercase(),
        _ => short,
    }
}

/// A name with its first two words changed about.
pub fn turned(name: &str) -> String {
    let mut words: Vec<&str> = name.split(' ').collect();
    if words.len() >= 2 {
        words.swap(0, 1);
    }
    words.join(" ")
}
