"""What is found wrong with an image cache before it's built: questions to the cloud, rules over the answers.

`rules` has all rules and is what the fronts reach; `network`, `internet`, `account` and `caches` hold them by
subject, as pure functions of a plan and the `facts`. `questions` gets the facts, `answers` reads them, `gaps`
says what couldn't be asked. docs/preflight.md has the table.
"""
