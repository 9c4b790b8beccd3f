// Programs and test strings inside of documents. Own rules.

rule antivirus_test_string
{
    strings:
        // The EICAR test string, split so that this file is not one.
        $head = "X5O!P%@AP[4\\PZX54(P^)7CC)7}$"
        $tail = "STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
    condition:
        $head and $tail
}

rule windows_program_inside
{
    strings:
        $stub = "This program cannot be run in DOS mode"
        $stub_other = "This program must be run under Win32"
    condition:
        any of them
}

rule script_host_command
{
    strings:
        $powershell = /powershell(\.exe)?["']?\s+[^\r\n]{0,200}-(e|en|enc|encodedcommand|w\s+hidden|windowstyle\s+hidden|nop|noprofile)\b/ nocase
        $download = /(DownloadString|DownloadFile|Invoke-WebRequest|Start-BitsTransfer)\s*\(?['"]?https?:/ nocase
        $mshta = /mshta(\.exe)?\s+["']?(https?:|javascript:|vbscript:)/ nocase
        $certutil = /certutil(\.exe)?\s+[^\r\n]{0,80}-(urlcache|decode)\b/ nocase
        $regsvr = /regsvr32(\.exe)?\s+[^\r\n]{0,80}\/i:https?:/ nocase
        $shell_object = "WScript.Shell" nocase
        $run = /\.Run\s*\(?\s*["']/ nocase
        $cmd = /cmd(\.exe)?\s*\/c\s+(start|powershell|calc|echo|copy|curl|bitsadmin)/ nocase
    condition:
        $powershell or $download or $mshta or $certutil or $regsvr or ($shell_object and $run) or $cmd
}

rule equation_editor_object
{
    strings:
        $class = { 02 CE 02 00 00 00 00 00 C0 00 00 00 00 00 00 46 }
        $name = "Equation.3" wide ascii
        $native = "E\x00q\x00u\x00a\x00t\x00i\x00o\x00n\x00 \x00N\x00a\x00t\x00i\x00v\x00e\x00"
    condition:
        uint32(0) == 0xE011CFD0 and $class and ($name or $native) and filesize < 64KB
}
