using System.Text;
using FaceEdge.Migration;

namespace FaceEdge.Tests.Migration;

/// <summary>A pickle is a program. Ours is read by something that has no way to run one; these say that it also says so.</summary>
public sealed class MaliciousPickleTests
{
    [Theory]
    [InlineData("cos\nsystem\n(S'touch {0}'\ntR.", "os.system")]
    [InlineData("cposix\nsystem\n(S'touch {0}'\ntR.", "posix.system")]
    [InlineData("c__builtin__\neval\n(S'open(\"{0}\",\"w\")'\ntR.", "__builtin__.eval")]
    [InlineData("\u0080\u0002cbuiltins\nexec\nU\u0004pass\u0085R.", "builtins.exec")]
    [InlineData("\u0080\u0004\u008c\u0002os\u008c\u0006system\u0093\u008c\u0002id\u0085R.", "os.system")]
    [InlineData("\u0080\u0004\u008c\u0005numpy\u008c\u0004load\u0093.", "numpy.load")]
    [InlineData("\u0080\u0004\u008c\u0008builtins\u008c\u0007getattr\u0093.", "builtins.getattr")]
    public void WhatItWantsToCallIsNamedAndNotCalled(string pickle, string name)
    {
        string marker = Path.Combine(Path.GetTempPath(), "faceedge-pickle-" + Guid.NewGuid().ToString("n"));
        string said = Refused(pickle.Replace("{0}", marker, StringComparison.Ordinal));
        Assert.Contains(name, said, StringComparison.Ordinal);
        Assert.Contains("nothing in it was run", said, StringComparison.Ordinal);
        Assert.False(File.Exists(marker));
    }

    [Theory]
    [InlineData("os.system('touch {0}')")]
    [InlineData("[numpy.zeros(128), eval, 1]")]
    public void PythonsOwnPicklesOfSuchThingsAreRefusedInEveryProtocol(string what)
    {
        string marker = Path.Combine(Path.GetTempPath(), "faceedge-pickle-" + Guid.NewGuid().ToString("n"));
        string script = $$"""
            import base64, os, pickle, numpy
            class Call:
                def __reduce__(self):
                    return os.system, ('touch {{marker}}',)
            thing = Call() if '{{what[..2]}}' == 'os' else [numpy.zeros(128), eval, Call()]
            for protocol in range(6):
                print(base64.b64encode(pickle.dumps(thing, protocol)).decode())
            """;
        string[] pickles = Storage.DataFolder.Run("/usr/bin/python3", "-c", script).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(6, pickles.Length);
        Assert.All(pickles, pickle => Assert.Contains("pickle refused: it names ", Message(Convert.FromBase64String(pickle)), StringComparison.Ordinal));
        Assert.All(pickles, pickle => Assert.Contains("pickle refused: it names ", Message(pickle), StringComparison.Ordinal)); // in base64, too
        Assert.False(File.Exists(marker));
    }

    [Theory]
    [InlineData("\u0080\u0004B\u00ff\u00ff\u00ff\u007fabc.", "announces 2147483647 bytes, 4 are left")]
    [InlineData("\u0080\u0004\u008e\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ffabc.", "announces 18446744073709551615 bytes")]
    [InlineData("\u0080\u0004\u008a\u00ff1.", "announces 255 bytes")]
    [InlineData("\u0080\u0004h\u0005.", "refers to what is not there")]
    [InlineData("\u0080\u0004t.", "a mark is missing")]
    [InlineData("\u0080\u0004R..", "its stack is empty")]
    [InlineData("\u0080\u0004K\u0001K\u0002.", "left over")]
    [InlineData("\u0080\u0009K\u0001.", "newer than 5")]
    [InlineData("\u0080\u0004\u008f.", "opcode 0x8f")] // a set, which has no order
    [InlineData("\u0080\u0004\u0082\u0001.", "opcode 0x82")] // a class by its registered number
    [InlineData("\u0080\u0004Pabc\n.", "opcode 0x50")] // a persistent id
    [InlineData("\u0080\u0005\u0097.", "opcode 0x97")] // a buffer from elsewhere
    [InlineData("\u0080\u0004K\u0001\u0085\u0081.", "opcode 0x81")] // NEWOBJ
    [InlineData("\u0080\u0004N\u008fb.", "opcode 0x8f")]
    [InlineData("\u0080\u0004NNb.", "sets something up")]
    [InlineData("\u0080\u0004X\u0001\0\0\0aK\u0001\u0085R.", "calls something")]
    public void DamageAndWhatNumbersDoNotNeedIsRefused(string pickle, string says) => Assert.Contains(says, Refused(pickle), StringComparison.Ordinal);

    [Fact]
    public void ThingsThatHoldThemselvesEndTheReading()
    {
        Assert.Contains("more than an encoding", Refused("\u0080\u0004]q\0" + string.Concat(Enumerable.Repeat("h\0a", 1000)) + "."), StringComparison.Ordinal);
        Assert.Contains("more than 20000 things", Refused("\u0080\u0004]" + new string('2', 100_000) + "."), StringComparison.Ordinal);
        Assert.Contains("more than 20000 things", Refused("\u0080\u0004" + new string('(', 100_000) + "t."), StringComparison.Ordinal);

        // Each list holds the one before twice: 2^60 numbers, if anybody counted them.
        var doubling = new StringBuilder("\u0080\u0004]K\u0001aq\0");
        for (char i = '\u0001'; i < 60; i++)
        {
            doubling.Append("0]h").Append((char)(i - 1)).Append("ah").Append((char)(i - 1)).Append("aq").Append(i);
        }

        Assert.Contains("more than an encoding", Refused(doubling + "."), StringComparison.Ordinal);
    }

    [Fact]
    public void AFewBytesDoNotBecomeGigabytes()
    {
        // 100 kB of text, and ten thousand calls in five bytes each that copy it: 1 GB.
        string copies = string.Concat(Enumerable.Repeat("h\0h\u0001R", 10_000));
        string text = "X\u0080\u0086\u0001\0" + new string('a', 0x18680);
        Assert.Contains(
            "makes more than",
            Refused("\u0080\u0004c_codecs\nencode\nq\0" + text + "X\u0006\0\0\0latin1\u0086q\u0001" + copies + "."),
            StringComparison.Ordinal);

        // Lists without a number in them, each a thousand times in the next: 10^9 to look at.
        string lists = string.Concat(Enumerable.Range(0, 3).Select(i =>
            "0]" + string.Concat(Enumerable.Repeat($"h{(char)i}a", 1000)) + "q" + (char)(i + 1)));
        Assert.Contains("more than an encoding", Refused("\u0080\u0004]q\0" + lists + "."), StringComparison.Ordinal);
    }

    [Fact]
    public void AnyCutOrChangedByteIsAnAnswerNotACrash()
    {
        using var db = new LegacyDb();
        db.Generate("pickle4", 1);
        byte[] pickle = (byte[])db.Rows()[0].Encoding!;
        var random = new Random(7);
        for (int i = 0; i < 20_000; i++)
        {
            byte[] changed = random.Next(4) == 0 ? pickle[..random.Next(pickle.Length)] : [.. pickle];
            for (int n = random.Next(1, 4); n > 0 && changed.Length > 0; n--)
            {
                changed[random.Next(Math.Min(changed.Length, 200))] = (byte)random.Next(256);
            }

            try
            {
                PickleReader.Read(changed);
            }
            catch (CellException)
            {
                // That is the answer.
            }
        }
    }

    private static string Refused(string latin1) => Message(Encoding.Latin1.GetBytes(latin1));

    private static string Message(object cell) => Assert.Throws<CellException>(() => EncodingCell.Read(cell)).Message;
}
