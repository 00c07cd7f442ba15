//! Funnels: asking one that is typed or saved, who stands behind a bar, and `styk funnel …`.

use std::path::Path;

use anyhow::{Context, bail};
use comfy_table::{Table, presets};
use serde_json::{Value, json};

use super::about::{ask_about, condition, kind_of};
use super::asked::{Asked, REPORT_DAYS, compared, period};
use super::client::{Client, site_of};
use crate::cli::{FieldCondition, FunnelArgs, FunnelCommand, FunnelQuestionArgs, NamedFunnel};
use crate::config::Settings;
use crate::control::{Control, Site};
use crate::report::{people_text, text};

/// `styk report funnel`
pub(super) fn report<'a>(args: &'a FunnelArgs, site: &Site, client: &Client) -> anyhow::Result<Asked<'a>> {
    let mut question = match &args.saved {
        None => funnel_question(&args.question, site)?,
        Some(name) => saved_question(client, name, &args.question, site)?,
    };
    let Some(bar) = &args.people else {
        return Ok(Asked { report: "funnel", question, table: text::funnel_table, form: &args.form });
    };
    let (step, outcome) = bar.split_once(':').unwrap_or((bar, "reached"));
    let step: u8 = step.parse().ok().with_context(|| format!("bar `{bar}` is not like 3 or 3:dropped"))?;
    question["step"] = json!(step);
    question["outcome"] = json!(outcome);
    question["limit"] = json!(args.limit);
    if let Some(after) = &args.after {
        question["after"] = json!(after);
    }
    Ok(Asked { report: "funnel/visitors", question, table: people_text::people_table, form: &args.form })
}

/// A saved question, about another time and broken down otherwise where that was typed.
fn saved_question(client: &Client, name: &str, args: &FunnelQuestionArgs, site: &Site) -> anyhow::Result<Value> {
    let saved = find(client, site.key.as_str(), name)?;
    if let Some(problem) = saved["problem"].as_str() {
        bail!("the saved funnel `{name}` does not read any more: {problem}; save it again");
    }
    let mut question = saved["question"].clone();
    if args.from.is_some() || args.to.is_some() {
        let (from, to) = period(args.from.as_deref(), args.to.as_deref(), site)?;
        let fields = question.as_object_mut().context("a saved question is an object")?;
        fields.remove("last_days");
        fields.insert("from".to_owned(), json!(from));
        fields.insert("to".to_owned(), json!(to));
    }
    refine(&mut question, args);
    Ok(question)
}

/// `styk funnel …`
pub(super) fn run(settings: &Settings, data: &Path, command: &FunnelCommand) -> anyhow::Result<()> {
    let key = match command {
        FunnelCommand::List { site } => site,
        FunnelCommand::Save { question, .. } => &question.about.site,
        FunnelCommand::Show(named) | FunnelCommand::Remove(named) => &named.site,
    };
    let site = site_of(&Control::open(data)?, key)?;
    let client = Client::connect(settings, data)?;
    match command {
        FunnelCommand::List { .. } => print_list(&list(&client, key)?),
        FunnelCommand::Show(NamedFunnel { name, .. }) => {
            let saved = find(&client, key, name)?;
            if let Some(problem) = saved["problem"].as_str() {
                eprintln!("it does not read any more: {problem}");
            }
            println!("{:#}", saved["question"]);
        }
        FunnelCommand::Save { name, question } => save(&client, name, question, &site)?,
        FunnelCommand::Remove(NamedFunnel { name, .. }) => {
            let saved = find(&client, key, name)?;
            client.change("DELETE", &path_of(key, &saved), None)?;
            eprintln!("removed funnel `{name}`");
        }
    }
    client.close();
    Ok(())
}

fn save(client: &Client, name: &str, args: &FunnelQuestionArgs, site: &Site) -> anyhow::Result<()> {
    let mut question = funnel_question(args, site)?;
    if let (None, None, Some(fields)) = (&args.from, &args.to, question.as_object_mut()) {
        fields.remove("from");
        fields.remove("to");
        fields.insert("last_days".to_owned(), json!(REPORT_DAYS));
    }
    let key = site.key.as_str();
    let taken = list(client, key)?.into_iter().find(|saved| saved["name"] == name);
    match taken {
        Some(saved) => {
            client.change("PUT", &path_of(key, &saved), Some(&json!({ "question": question })))?;
            eprintln!("changed funnel `{name}`");
        }
        None => {
            let form = json!({ "name": name, "question": question });
            client.change("POST", &format!("/v1/sites/{key}/funnels"), Some(&form))?;
            eprintln!("saved funnel `{name}`");
        }
    }
    Ok(())
}

fn list(client: &Client, site: &str) -> anyhow::Result<Vec<Value>> {
    match client.get_json(&format!("/v1/sites/{site}/funnels"))?["funnels"].take() {
        Value::Array(funnels) => Ok(funnels),
        _ => bail!("the server's answer is not what this program expects"),
    }
}

fn find(client: &Client, site: &str, name: &str) -> anyhow::Result<Value> {
    let found = list(client, site)?.into_iter().find(|saved| saved["name"] == name);
    found.with_context(|| format!("there is no funnel `{name}`; `styk funnel list --site {site}` shows all"))
}

fn path_of(site: &str, saved: &Value) -> String {
    format!("/v1/sites/{site}/funnels/{}", saved["id"])
}

fn print_list(funnels: &[Value]) {
    let mut table = Table::new();
    table.load_preset(presets::NOTHING).set_header(["name", "steps", "changed", "by", ""]);
    for saved in funnels {
        let words = |name: &str| text::words(&saved[name]);
        let steps = saved["question"]["steps"].as_array().map_or(0, Vec::len);
        let problem = saved["problem"].as_str().map_or("", |_| "does not read any more");
        table.add_row([words("name"), steps.to_string(), words("changed_at"), words("changed_by"), problem.to_owned()]);
    }
    println!("{table}");
}

/// The API's question for what was typed.
pub(super) fn funnel_question(args: &FunnelQuestionArgs, site: &Site) -> anyhow::Result<Value> {
    let (from, to) = period(args.from.as_deref(), args.to.as_deref(), site)?;
    let mut question = json!({
        "from": from,
        "to": to,
        "steps": whole(&args.steps).iter().map(|step| step_question(step)).collect::<Result<Vec<_>, _>>()?,
        "window_seconds": parse_window(&args.window)?,
        "unit": args.unit,
        "order": args.order,
        "exclude": whole(&args.exclude).iter().map(|typed| exclusion_question(typed)).collect::<Result<Vec<_>, _>>()?,
        "hold": args.hold,
    });
    refine(&mut question, args);
    Ok(question)
}

/// Adds what a saved funnel may be asked besides.
fn refine(question: &mut Value, args: &FunnelQuestionArgs) {
    if let Some(by) = &args.by {
        question["breakdown"] = breakdown_question(by);
    }
    if let Some(scope) = &args.filter_scope {
        question["filter_scope"] = json!(scope);
    }
    if let Some(unit) = &args.trend {
        question["trend"] = json!(unit);
    }
    if let Some(compare) = &args.compare {
        question["compare"] = compared(compare);
    }
    ask_about(&args.about, question);
}

/// Commas part what is typed, but not inside brackets.
fn whole(parts: &[String]) -> Vec<String> {
    let mut whole: Vec<String> = Vec::new();
    for part in parts {
        match whole.last_mut().filter(|last| last.contains('[') && !last.contains(']')) {
            Some(open) => *open = format!("{open},{part}"),
            None => whole.push(part.clone()),
        }
    }
    whole
}

/// `page:/checkout/*?` is an optional step by page, `purchase[value>=50]` one with a condition.
fn step_question(typed: &str) -> anyhow::Result<Value> {
    let (step, optional) = typed.strip_suffix('?').map_or((typed, false), |step| (step, true));
    let mut question = target_question(step)?;
    question["optional"] = json!(optional);
    Ok(question)
}

/// Which events, and in brackets what must be true of them.
fn target_question(typed: &str) -> anyhow::Result<Value> {
    let bracketed = typed.strip_suffix(']').and_then(|typed| typed.split_once('['));
    let (kind, text) = kind_of(bracketed.map_or(typed, |(events, _)| events));
    let mut question = json!({ kind: text });
    if let Some((_, conditions)) = bracketed {
        let conditions = FieldCondition::parse_all(conditions);
        let conditions = conditions.with_context(|| format!("`{typed}`, in its brackets"))?;
        question["where"] = conditions.iter().map(condition).collect();
    }
    Ok(question)
}

/// `remove_from_cart@2-4` is excluded between steps 2 and 4.
fn exclusion_question(typed: &str) -> anyhow::Result<Value> {
    let range = typed.rsplit_once('@').and_then(|(events, range)| {
        let (after, before) = range.split_once('-')?;
        Some((events, after.parse::<usize>().ok()?, before.parse::<usize>().ok()?))
    });
    let Some((events, after, before)) = range else { return target_question(typed) };
    let mut question = target_question(events)?;
    (question["after_step"], question["before_step"]) = (json!(after), json!(before));
    Ok(question)
}

/// `device@3` is the device at step 3, `channel@first_touch` how visitors first came.
fn breakdown_question(by: &str) -> Value {
    match by.rsplit_once('@') {
        None => json!({ "field": by }),
        Some((field, at)) => match at.parse::<usize>() {
            Ok(step) => json!({ "field": field, "step": step }),
            Err(_) => json!({ "field": field, "at": at }),
        },
    }
}

/// `30m`, `12h`, `7d`, or plain seconds.
fn parse_window(text: &str) -> anyhow::Result<u64> {
    let (digits, seconds) = match text.char_indices().last() {
        Some((end, 's')) => (&text[..end], 1),
        Some((end, 'm')) => (&text[..end], 60),
        Some((end, 'h')) => (&text[..end], 3_600),
        Some((end, 'd')) => (&text[..end], 86_400),
        _ => (text, 1),
    };
    let number: u64 = digits.parse().ok().with_context(|| format!("window `{text}` is not like 30m, 12h or 7d"))?;
    number.checked_mul(seconds).with_context(|| format!("window `{text}` is too long"))
}
