# PowerShell completion for authsync. To load it in every shell, in $PROFILE:
#   authsync completion powershell | Out-String | Invoke-Expression
# What there is to complete says authsync itself: its __complete prints a line
# for each, the value, a tab and what it is, and at the end what else fits.

Register-ArgumentCompleter -Native -CommandName 'authsync', 'authsync.exe' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    # Names are what others chose: each goes onto the line as one word. PowerShell
    # takes more than one character for a quote, and knows which.
    $quoted = {
        param($text)
        if ($text -match '^[\p{L}\p{N}_./:=+-]+$') { return $text }
        "'" + [System.Management.Automation.Language.CodeGeneration]::EscapeSingleQuotedStringContent($text) + "'"
    }
    $plain = {
        param($element)
        if ($element -is [System.Management.Automation.Language.StringConstantExpressionAst]) { return $element.Value }
        $element.Extent.Text.Trim("'", '"')
    }
    $before = @()
    $current = ''
    foreach ($element in ($commandAst.CommandElements | Select-Object -Skip 1)) {
        $text = $element.Extent.Text
        if ($element.Extent.EndOffset -lt $cursorPosition) {
            $before += & $plain $element
        } elseif ($element.Extent.StartOffset -lt $cursorPosition) {
            $current = $text.Substring(0, $cursorPosition - $element.Extent.StartOffset).Trim("'", '"').Replace("''", "'")
        }
    }
    $program = $commandAst.CommandElements[0].Extent.Text.Trim("'", '"')
    $lines = @(& $program __complete @before ":$current" 2>$null)
    if ($lines.Count -eq 0) { return }

    $how, $prefix = $lines[-1].Split(' ', 2)
    $results = @(
        $lines | Select-Object -SkipLast 1 | ForEach-Object {
            $value, $about = $_.Split("`t", 2)
            if (-not $about) { $about = $value }
            [System.Management.Automation.CompletionResult]::new((& $quoted $value), $value, 'ParameterValue', $about)
        }
        if ($how -eq ':files' -or $how -eq ':directories') {
            [System.Management.Automation.CompletionCompleters]::CompleteFilename($current.Substring($prefix.Length)) |
                Where-Object { $how -eq ':files' -or $_.ResultType -eq 'ProviderContainer' } |
                ForEach-Object {
                    $name = $_.CompletionText
                    if ($name -match "^'(.*)'$") { $name = $Matches[1].Replace("''", "'") }
                    [System.Management.Automation.CompletionResult]::new((& $quoted "$prefix$name"), $_.ListItemText, $_.ResultType, $_.ToolTip)
                }
        }
    )
    # An empty answer would make PowerShell offer files where none belong.
    if ($results.Count -eq 0) { return '' }
    $results
}
