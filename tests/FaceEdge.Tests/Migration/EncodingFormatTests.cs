using System.Text;
using FaceEdge.Migration;

namespace FaceEdge.Tests.Migration;

public sealed class EncodingFormatTests : IDisposable
{
    private readonly LegacyDb _db = new();

    public void Dispose() => _db.Dispose();

    [Fact]
    public void WhateverPythonWroteTheNumbersAreThere()
    {
        // All 17 formats in turn, each twice.
        _db.Generate("mix", 34);
        FoundEncoding[] found = [.. _db.Rows().Select(row => EncodingCell.Read(row.Encoding!))];
        File.Delete(_db.File);
        _db.Generate("f64", 34);
        FoundEncoding[] plain = [.. _db.Rows().Select(row => EncodingCell.Read(row.Encoding!))];

        Assert.Equal(34, found.Length);
        Assert.All(found, encoding => Assert.Equal("dlib128", encoding.Encoder));
        for (int i = 0; i < found.Length; i++)
        {
            for (int d = 0; d < 128; d++)
            {
                Assert.Equal(plain[i].Values[d], found[i].Values[d], 1e-7); // str and repr have eight digits
            }
        }

        Assert.Equal(
            [".npy", "JSON", "base64 of .npy", "base64 of float64", "base64 of pickle", "float32", "float64", "pickle", "text"],
            found.Select(encoding => encoding.Format).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void AListOfOneArrayAndAPickleKeptAsTextAreRead()
    {
        const string Script = """
            import base64, numpy, pickle
            a = numpy.sin(numpy.arange(128)) / 6
            for text in str([a]), repr([a.astype('f4')]), pickle.dumps(a, 0).decode('latin1'):
                print(base64.b64encode(text.encode()).decode())
            """;
        string[] texts = [.. Storage.DataFolder.Run("/usr/bin/python3", "-c", Script)
            .Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => Encoding.UTF8.GetString(Convert.FromBase64String(line)))];
        Assert.Equal(3, texts.Length);
        Assert.All(texts, text => Assert.Equal(Math.Sin(3) / 6, EncodingCell.Read(text).Values[3], 1e-7));
    }

    [Fact]
    public void AnEncodingOfOursIsKnownByItsLength()
    {
        double[] numbers = [.. Enumerable.Range(0, 512).Select(i => Math.Sin(i) / 16)];
        FoundEncoding found = EncodingCell.Read(LegacyDb.Bytes(numbers));
        Assert.Equal("fr512", found.Encoder);
        Assert.Equal(1, found.Values.Sum(x => x * x), 1e-5);
        Assert.Equal("fr512", EncodingCell.Read(LegacyDb.Bytes(numbers).Chunk(8).SelectMany(b => BitConverter.GetBytes((float)BitConverter.ToDouble(b))).ToArray()).Encoder);
    }

    [Theory]
    [InlineData("[0.1, 0.2, ..., 0.3, 0.4]", "shortened")]
    [InlineData("[-0.09 0.12 ... 0.1 0.0]", "shortened")]
    [InlineData("[0.1, 0.2", "cut off")]
    [InlineData("[0.1, 0.2]", "2 numbers")]
    [InlineData("[]", "no numbers")]
    [InlineData("", "empty")]
    [InlineData("Bob", "'Bob'")]
    [InlineData("{\"a\": 1}", "no encoding among the 1 things in it (text): a")]
    [InlineData("{\"name\": \"Anna\", \"encoding\": [0.1, 0.2]}", "2 numbers")]
    [InlineData("['0.1', 'Bob']", "no encoding among the 2 things")]
    [InlineData("b'abc", "cut off")]
    [InlineData("array(<memory at 0x7f>)", "something other than numbers")]
    public void OtherTextIsSaidToBeThat(string text, string says) => Assert.Contains(says, Refused(text), StringComparison.Ordinal);

    [Fact]
    public void NumbersThatAreNoEncodingAreRefused()
    {
        double[] numbers = LegacyDb.Encoding(1);
        Assert.Contains("all zeros", Refused(LegacyDb.Bytes(new double[128])), StringComparison.Ordinal);
        Assert.Contains("64 numbers", Refused(string.Join(' ', numbers.Take(64))), StringComparison.Ordinal);
        Assert.Contains("2 encodings in one", Refused(string.Join(' ', numbers.Concat(numbers))), StringComparison.Ordinal);
        Assert.Contains("length 140", Refused(LegacyDb.Bytes([.. numbers.Select(x => 100 * x)])), StringComparison.Ordinal);
        Assert.Contains("777 bytes", Refused(Enumerable.Range(0, 777).Select(i => (byte)(i * 7)).ToArray()), StringComparison.Ordinal);
        numbers[5] = double.NaN;
        Assert.Contains("NaN", Refused(LegacyDb.Bytes(numbers)), StringComparison.Ordinal);
        Assert.Contains("NaN", Refused("[" + string.Join(", ", numbers) + "]"), StringComparison.Ordinal);
        numbers[5] = double.NegativeInfinity;
        Assert.Contains("infinity", Refused(LegacyDb.Bytes(numbers)), StringComparison.Ordinal);
        Assert.Contains("infinity", Refused(string.Join(' ', numbers).Replace("-∞", "-inf", StringComparison.Ordinal).Replace("-Infinity", "-inf", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public void ABombOfBracketsOrNumbersCostsNothing()
    {
        Assert.Contains("brackets in brackets", Refused(new string('[', 200_000)), StringComparison.Ordinal);
        Assert.Contains("brackets in brackets", Refused(new string('[', 100_000) + new string(']', 100_000)), StringComparison.Ordinal);
        Assert.Contains("4096 numbers", Refused("[" + string.Join(',', Enumerable.Repeat("0.1", 60_000)) + "]"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{'descr': '<f8', 'fortran_order': False, 'shape': (1342177280,), }", "1342177280 numbers of 8 bytes, with 10 bytes")]
    [InlineData("{'descr': '<f8', 'fortran_order': False, 'shape': (4294967296, 4294967296), }", "impossible shape")]
    [InlineData("{'descr': '<f8', 'fortran_order': False, 'shape': (99999999999999999999,), }", "header is not")]
    [InlineData("{'descr': '|O', 'fortran_order': False, 'shape': (128,), }", "'|O'")]
    [InlineData("{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (128,), }", "header is not")]
    [InlineData("__import__('os').system('true')", "header is not")]
    public void ANpyThatPromisesMoreThanItHoldsIsRefused(string header, string says)
    {
        byte[] file = [0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, 0, .. Encoding.ASCII.GetBytes(header), .. "0123456789"u8];
        Assert.Contains(says, Refused(file), StringComparison.Ordinal);
        Assert.Contains("cut off", Refused(file[..20]), StringComparison.Ordinal);
    }

    private static string Refused(object cell) => Assert.Throws<CellException>(() => EncodingCell.Read(cell)).Message;
}
