using FaceEdge.Migration;

namespace FaceEdge.Tests.Migration;

public class PersonCellTests
{
    [Fact]
    public void WholeNumbersAreIdsHoweverTheyAreStored()
    {
        foreach (object written in (object[])[1110L, 1110.0, "1110", " 1110\n", BitConverter.GetBytes(1110L), BitConverter.GetBytes(1110)])
        {
            Assert.Equal(1110, PersonCell.Read(written));
        }

        Assert.Equal(PersonCell.Highest, PersonCell.Read(PersonCell.Highest));
    }

    [Theory]
    [InlineData(0L)]
    [InlineData(-5L)]
    [InlineData(long.MaxValue)]
    [InlineData(1.5)]
    [InlineData(double.NaN)]
    [InlineData("Bob")]
    [InlineData("")]
    [InlineData(null)]
    public void AnythingElseIsNone(object? written) => Assert.StartsWith("Person is ", Assert.Throws<CellException>(() => PersonCell.Read(written)).Message);

    [Fact]
    public void NumbersInTextAndBytesAreNumbersAndWordsAreNames()
    {
        foreach (object written in (object[])["7", " 7 ", "007", "7.0", "+7", 7.0, "7"u8.ToArray(), BitConverter.GetBytes((short)7), new byte[] { 7 }])
        {
            Assert.Equal(new PersonKey(7, null), PersonCell.ReadKey(written));
        }

        foreach (object written in (object[])["Anna", " Anna\n", "Anna"u8.ToArray()]) // four letters are as long as an int32
        {
            Assert.Equal(new PersonKey(0, "Anna"), PersonCell.ReadKey(written));
        }

        Assert.Equal("Jürgen M.", PersonCell.ReadKey("Jürgen M."u8.ToArray()).Name);
        Assert.Equal("person_12", PersonCell.ReadKey("person_12").Name);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-5")]
    [InlineData("99999999999999999999")]
    [InlineData("1.5")]
    [InlineData("nan")]
    [InlineData("None")]
    [InlineData("  ")]
    public void ANumberThatIsNoIdIsNoNameEither(string written) =>
        Assert.StartsWith("Person is ", Assert.Throws<CellException>(() => PersonCell.ReadKey(written)).Message);
}
