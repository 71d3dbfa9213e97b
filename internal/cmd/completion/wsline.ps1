# PowerShell completion for wsline. In $PROFILE:
#   wsline completion powershell | Out-String | Invoke-Expression
#
# wsline itself says what may stand where the cursor is; nothing that was typed is evaluated.

Register-ArgumentCompleter -Native -CommandName wsline -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    # The words before the cursor, without their quotation marks.
    $words = @()
    foreach ($element in $commandAst.CommandElements) {
        if ($element.Extent.EndOffset -ge $cursorPosition -and $words.Count -gt 0) { break }
        $isText = $element -is [System.Management.Automation.Language.StringConstantExpressionAst]
        $words += if ($isText) { $element.Value } else { $element.Extent.Text }
    }
    $current = "$wordToComplete".Trim("'", '"')
    $program = $words[0]
    $before = @($words | Select-Object -Skip 1)

    $lines = @(& $program __complete "=$current" @before 2>$null)
    if ($lines.Count -eq 0) { return }
    $files, $prefix = $lines[0].Split("`t")

    $results = @($lines | Select-Object -Skip 1 | ForEach-Object {
        $text, $summary = $_.Split("`t")
        if (-not $text.StartsWith($current)) { return }
        if (-not $summary) { $summary = $text }
        # A bare @ begins a splatting.
        $typed = if ($text -match '^[\w:/.=-]+$') { $text } else { "'" + $text.Replace("'", "''") + "'" }
        [System.Management.Automation.CompletionResult]::new($typed, $text, 'ParameterValue', $summary)
    })
    if ($files -ne 'none') {
        $typed = $current.Substring([Math]::Min($prefix.Length, $current.Length))
        $results += @(Get-ChildItem -Path ([WildcardPattern]::Escape($typed) + '*') -ErrorAction Ignore |
            Where-Object { $files -eq 'files' -or $_.PSIsContainer } |
            ForEach-Object {
                $path = $prefix + (Join-Path (Split-Path $typed) $_.Name)
                $quoted = if ($path -match '^[\w:/\\.=-]+$') { $path } else { "'" + $path.Replace("'", "''") + "'" }
                [System.Management.Automation.CompletionResult]::new($quoted, $path, 'ProviderItem', $path)
            })
    }
    $results
}
