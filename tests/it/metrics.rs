//! Reads `/metrics`.

/// A metric of a page of them: the sum of all lines that have its name, and the labels that are given behind it.
pub(crate) fn metric(page: &str, name: &str) -> u64 {
    let (name, labels) = name.split_once('{').unwrap_or((name, ""));
    let labels: Vec<&str> = labels.trim_end_matches('}').split(',').filter(|label| !label.is_empty()).collect();
    let value = |line: &str| {
        let (series, value) = line.strip_prefix(name)?.rsplit_once(' ')?;
        let named = series.is_empty() || series.starts_with('{');
        let fits = named && labels.iter().all(|label| series.contains(label));
        fits.then(|| value.parse::<u64>().unwrap_or_else(|error| panic!("{error}: {line}")))
    };
    assert!(page.contains(&format!("# TYPE {name} ")), "no metric `{name}` in\n{page}");
    page.lines().filter_map(value).sum()
}
